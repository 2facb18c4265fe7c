"""Dashboard: where the money goes and what reaches the schools, for officials."""
