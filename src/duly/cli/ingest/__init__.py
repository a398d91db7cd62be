"""How `duly ingest` reads files of events, counts what becomes of them and shows how far it is."""
