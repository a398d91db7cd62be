"""Events and questions in, decisions and changes out."""
