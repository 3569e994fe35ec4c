location = "hel1"
