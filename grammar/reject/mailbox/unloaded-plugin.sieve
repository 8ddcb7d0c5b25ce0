# The plugin "weather" is installed and not loaded.
if rains "Berlin" { discard; }
