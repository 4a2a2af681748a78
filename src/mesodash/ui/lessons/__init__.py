"""Teaching: the body map without patients, the list of lessons, the lesson on the stage."""
