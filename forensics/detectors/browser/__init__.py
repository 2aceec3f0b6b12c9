"""What browsers keep of their use: visits, downloads, bookmarks, entries of forms, cookies, saved logins."""
