"""The schema of the registry, revision by revision; `migrating` runs them."""
