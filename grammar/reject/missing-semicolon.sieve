require "fileinto"
fileinto "A"
keep
if true { discard }
