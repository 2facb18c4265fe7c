"""Lost: paths that no page has."""
