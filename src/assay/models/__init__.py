"""Where text comes from, and how a completion becomes a program."""
