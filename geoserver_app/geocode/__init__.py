"""Where a written address or corner lies."""
