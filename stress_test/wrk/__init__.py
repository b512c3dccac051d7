"""As many right answers as can be: wrk, with a script that compares each answer with the known one."""
