"""Navigation between posts: previous and next, series, related posts, breadcrumbs."""
