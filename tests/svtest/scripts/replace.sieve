require ["foreverypart", "mime", "replace"];
foreverypart {
    if header :mime :param "name" :matches "content-type" "*.exe" { replace "Removed a program"; }
}
