"""After a session: red cards, scores and consents."""
