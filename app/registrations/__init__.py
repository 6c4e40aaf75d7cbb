"""Who signed up: for a launch notice or an event, on its waitlist, reminded, told, and free to change their mind."""
