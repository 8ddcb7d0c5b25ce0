require ["fileinot", "vnd.dovecot.pipe", "FileInto"];
keep;
require "fileinto";
