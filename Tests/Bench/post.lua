-- Makes wrk send the JSON in $BODY instead of asking for a page.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = os.getenv("BODY")
