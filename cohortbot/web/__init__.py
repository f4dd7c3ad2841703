"""The site: reads only, apart from sessions."""
