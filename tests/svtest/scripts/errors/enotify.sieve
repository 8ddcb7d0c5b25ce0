require "enotify";
notify :importance "4" "mailto:a@b.example";
notify :from "nobody" "mailto:a@b.example";
