fileinto "A";
frobnicate;
