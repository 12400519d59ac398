"""What operators do with a service, whichever way they ask: by its API, its pages, or the command line."""
