import Crypto
import Testing

struct PasswordTests {
    private let password = "correct horse battery staple"

    /// Made with argon2-cffi 25.1.0 and bcrypt 4.3.0 for the password above.
    static let foreignHashes = [
        "$argon2id$v=19$m=19456,t=2,p=1$PGOIw7LTKZCdahfmfLKiiQ$G0BtpIKaOj0elT7TXvno/tvzu15imG6Hqn8/1hXoYLE",
        "$argon2id$v=19$m=65536,t=3,p=4$nKIX+SZnjPJrse6BR0AZWQ$5Wcm+7Y5D8lF6iXAB7Ny3KqZJ6U4KDicmhkaUmivFsM",
        "$argon2i$v=19$m=1024,t=2,p=2$9CWcLayEVRfn1DZwSUKF2w$uPC1nQG8R4IytvPBsCSZKibZmtVjhmGrUNqaZQ0hem0",
        "$2b$05$i5jf1qyDrehsyOIMJbbuyO5qTyGWlviTHdyrHK/cKoz.pqJp5pr32",
        "$2a$05$i5jf1qyDrehsyOIMJbbuyO5qTyGWlviTHdyrHK/cKoz.pqJp5pr32",
        "$2y$05$i5jf1qyDrehsyOIMJbbuyO5qTyGWlviTHdyrHK/cKoz.pqJp5pr32",
    ]

    @Test(arguments: foreignHashes)
    func hashesOfOtherWritersAreRead(hash: String) {
        #expect(Password.verify(password, against: hash))
        #expect(!Password.verify(password + "r", against: hash))
        #expect(!Password.verify("", against: hash))
        #expect(!Password.verify(password + "\0", against: hash))
    }

    @Test func onlyTheFirstIsCurrent() {
        #expect(Self.foreignHashes.map { Password.needsRehash($0) } == [false, true, true, true, true, true])
        #expect(Password.needsRehash("", scheme: .argon2id))
        #expect(Password.needsRehash(Self.foreignHashes[0], scheme: .bcrypt))
    }

    @Test func newHashes() throws {
        let hash = try Password.hash("pässwörd 🦊")
        #expect(hash.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(Password.verify("pässwörd 🦊", against: hash))
        #expect(!Password.verify("passwörd 🦊", against: hash))
        #expect(!Password.needsRehash(hash))
        #expect(try Password.hash("pässwörd 🦊") != hash)
    }

    @Test func newHashesForOpenWebUI() throws {
        let hash = try Password.hash(password, scheme: .bcrypt)
        #expect(hash.hasPrefix("$2b$12$"))
        #expect(hash.utf8.count == 60)
        #expect(Password.verify(password, against: hash))
        #expect(!Password.verify("other", against: hash))
        #expect(!Password.needsRehash(hash, scheme: .bcrypt))
        #expect(Password.needsRehash(hash))
    }

    @Test func bcryptSeesSeventyTwoBytes() {
        let hash = "$2b$05$3jQDK7JkJEhZ8DpyMFwrmOvec6PWgmgvv9RZza8JQ02wjpAcxP35y"
        #expect(Password.verify(String(repeating: "x", count: 72), against: hash))
        #expect(Password.verify(String(repeating: "x", count: 72) + "anything", against: hash))
        #expect(Password.verify(String(repeating: "x", count: 1000), against: hash))
        #expect(!Password.verify(String(repeating: "x", count: 71), against: hash))
    }

    @Test func bcryptOfNonASCII() {
        let hash = "$2b$05$5VxUuPp9MZeIC/n3SNIVVuPQeCItvCx5gfPYtYluPDzsAZ1IISMeW"
        #expect(Password.verify("pässwörd", against: hash))
        #expect(!Password.verify("passwörd", against: hash))
    }

    @Test func unusablePasswords() {
        #expect(throws: Password.Failure.unusablePassword) { try Password.hash("a\0b") }
        #expect(throws: Password.Failure.unusablePassword) {
            try Password.hash(String(repeating: "x", count: Password.maximumLength + 1))
        }
        #expect(throws: Never.self) { try Password.hash(String(repeating: "x", count: Password.maximumLength)) }
    }

    /// Each would be a valid hash, were it not for one flaw or for what it would cost.
    @Test(arguments: [
        "", "$", "plain", "*0", "0e6b7a55-4ad5-4c3c-8a54-3a1ad2b6cbe6",
        "$argon2id$v=19$m=262145,t=2,p=1$PGOIw7LTKZCdahfmfLKiiQ$G0BtpIKaOj0elT7TXvno/tvzu15imG6Hqn8/1hXoYLE",
        "$argon2id$v=19$m=19456,t=21,p=1$PGOIw7LTKZCdahfmfLKiiQ$G0BtpIKaOj0elT7TXvno/tvzu15imG6Hqn8/1hXoYLE",
        "$argon2id$v=19$m=19456,t=2,p=17$PGOIw7LTKZCdahfmfLKiiQ$G0BtpIKaOj0elT7TXvno/tvzu15imG6Hqn8/1hXoYLE",
        "$argon2id$v=19$m=-1,t=2,p=1$PGOIw7LTKZCdahfmfLKiiQ$G0BtpIKaOj0elT7TXvno/tvzu15imG6Hqn8/1hXoYLE",
        "$argon2id$v=19$m=4294967297,t=2,p=1$PGOIw7LTKZCdahfmfLKiiQ$G0BtpIKaOj0elT7TXvno/tvzu15imG6Hqn8/1hXoYLE",
        "$argon2id$v=16$m=19456,t=2,p=1$PGOIw7LTKZCdahfmfLKiiQ$G0BtpIKaOj0elT7TXvno/tvzu15imG6Hqn8/1hXoYLE",
        "$argon2d$v=19$m=19456,t=2,p=1$PGOIw7LTKZCdahfmfLKiiQ$G0BtpIKaOj0elT7TXvno/tvzu15imG6Hqn8/1hXoYLE",
        "$argon2id$v=19$m=19456,t=2,p=1$PGOIw7LTKZCdahfmfLKiiQ$",
        "$argon2id$v=19$m=19456,t=2,p=1$PGOIw7LTKZCdahfmfLKiiQ",
        "$argon2id$v=19$m=19456,t=2,p=1$$G0BtpIKaOj0elT7TXvno/tvzu15imG6Hqn8/1hXoYLE",
        "$argon2id$v=19$m=19456,t=2,p=1$PGOIw7LTKZCdahfmfLKiiQ$G0BtpIKaOj0elT7TXvno/tvzu15imG6Hqn8/1hXoYLE\0",
        "$2b$17$i5jf1qyDrehsyOIMJbbuyO5qTyGWlviTHdyrHK/cKoz.pqJp5pr32",
        "$2b$+5$i5jf1qyDrehsyOIMJbbuyO5qTyGWlviTHdyrHK/cKoz.pqJp5pr32",
        "$2x$05$i5jf1qyDrehsyOIMJbbuyO5qTyGWlviTHdyrHK/cKoz.pqJp5pr32",
        "$2b$05$i5jf1qyDrehsyOIMJbbuyO5qTyGWlviTHdyrHK/cKoz.pqJp5pr3",
        "$2b$05$i5jf1qyDrehsyOIMJbbuyO5qTyGWlviTHdyrHK/cKoz.pqJp5pr322",
        "$2b$05$!5jf1qyDrehsyOIMJbbuyO5qTyGWlviTHdyrHK/cKoz.pqJp5pr32",
        "$1$salt$qJH7.N4xYta3aEG/dfqo/0", "$6$salt$x",
    ])
    func unreasonableHashesAreRefused(hash: String) {
        #expect(!Password.verify("correct horse battery staple", against: hash))
        #expect(!Password.verify("", against: hash))
    }

    @Test func theDecoyCostsWhatARealHashCosts() {
        #expect(!Password.needsRehash(Password.decoy))
        #expect(Password.decoy == Password.decoy)
        #expect(!Password.verify(password, against: Password.decoy))
        Password.verifyAgainstNothing(password)
    }
}
