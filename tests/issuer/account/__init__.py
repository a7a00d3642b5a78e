"""The account of citizens: by HTTP, and its pages in a real browser."""
