"""Hosting plugins: connections and what they were granted, durable delivery, and keeping a plugin's faults to itself."""
