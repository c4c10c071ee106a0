"""Events and annual dates: pages, iCalendar files, and dates that are computed at each build."""
