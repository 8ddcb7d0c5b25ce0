require "fileinto";
if not exists ["From", "Date"] {
	fileinto "Odd";
}
