require "fileinto";
if header "subject" "bye" {
    fileinto "First";
} elsif header "subject" "hello" {
    fileinto "Second";
} elsif true {
    fileinto "Third";
} else {
    fileinto "Fourth";
}
stop;
