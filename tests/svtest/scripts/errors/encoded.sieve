require "encoded-character";
if header "subject" "${unicode:110000}" { stop; }
if header "subject" "${unicode:d800}" { stop; }
