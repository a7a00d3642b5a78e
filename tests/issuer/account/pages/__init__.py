"""The pages of the account in a real browser."""
