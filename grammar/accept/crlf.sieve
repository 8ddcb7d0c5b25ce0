require "fileinto";
if not exists ["From", "Date"] {
	discard;
}
