"""Analysis: what a menu gives, costs and brings to the villages, for one week or for many at once."""
