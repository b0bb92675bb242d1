"""What other programs reach assay by: an OpenAI-compatible endpoint, and an MCP server."""
