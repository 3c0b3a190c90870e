import Testing

@Suite("Choice of the test server")
struct TestDatabaseTests {
    @Test(
        "only servers on this machine are used",
        arguments: [
            ("postgresql://postgres@127.0.0.1:5432/x", true), ("postgres://localhost/x", true),
            ("postgresql:///x", true),
            ("postgresql:///x?host=/run/postgresql", true), ("postgresql://u:p@[::1]:5/x", true),
            ("postgresql://postgres@%2Frun%2Fmy%20pg/x", true), ("postgresql://%2Frun,192.0.2.1/x", false),
            ("postgresql://db.example.org/x", false), ("postgresql:///x?host=db.example.org", false),
            ("postgresql://localhost/x?hostaddr=192.0.2.1", false), ("postgresql://127.0.0.1,192.0.2.1/x", false),
            ("host=192.0.2.1", false), ("", false),
        ]
    )
    func locality(url: String, isLocal: Bool) {
        #expect(TestDatabase.isLocal(url) == isLocal)
    }
}
