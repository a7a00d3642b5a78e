"""The checkpoint page in a real browser, at a real server, before a fake webcam."""
