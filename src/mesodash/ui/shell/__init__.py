"""What surrounds every page: the frame, the navigation, the session, the server."""
