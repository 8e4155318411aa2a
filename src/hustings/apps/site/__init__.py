"""The site: settings, pages, and what the rooms below it need filled in."""
