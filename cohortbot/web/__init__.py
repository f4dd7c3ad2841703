"""The site: it reads and never writes; `create_app(App)` makes it, `serve` runs it."""
