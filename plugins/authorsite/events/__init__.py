"""Events and yearly observances: pages, a calendar, and dates that are right whenever the site is built."""
