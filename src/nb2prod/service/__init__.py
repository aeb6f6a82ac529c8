"""The generated service: its files from the templates, never over a user's edit."""
