"""What all reports share: registry, reader, cache, filters, selection."""
