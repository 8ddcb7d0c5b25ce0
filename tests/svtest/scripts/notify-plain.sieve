require "enotify";
notify "mailto:0123456789@sms.example.net";
