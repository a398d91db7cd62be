from dataclasses import dataclass
from duly.source import Source,Span
from duly.diagnostics import Diagnostic
@dataclass
class Stretch:
    source: object
    start: int
    end: int
    tokens: object
def misplaced(s,sp): return Diagnostic(s,sp,'x','misplaced')
def unexpected(st,p): return Diagnostic(st.source,Span(p.pos_in_stream,p.pos_in_stream+1),'x','b'+type(p).__name__)
