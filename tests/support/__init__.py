"""What the tests stand on: real servers, independent clients, the bot as a child process."""
