"""The server around the pages: how it starts, its headers, its log, its sign-in elsewhere."""
