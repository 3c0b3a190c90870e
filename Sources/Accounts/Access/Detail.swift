/// The sentences that clients of the API look at or show, as the reference words them. Those of one feature alone stand with it.
package enum Detail {
    package static let notAuthenticated = "Not authenticated"
    package static let unauthorized = "401 Unauthorized"
    package static let accessProhibited =
        "You do not have permission to access this resource. Please contact your administrator for assistance."
    package static let actionProhibited = "The requested action has been restricted as a security measure."
    package static let invalidToken = "Your session has expired or the token is invalid. Please sign in again."
    package static let notFound = "We could not find what you're looking for :/"
    package static let somethingWrong = "Something went wrong :/"
    package static let apiKeyNotAllowed = "Use of API key is not enabled in the environment."
    package static let emailTaken =
        "Uh-oh! This email is already registered. Sign in with your existing account or choose another email to start anew."
    package static let invalidEmail =
        "The email format you entered is invalid. Please double-check and make sure you're using a valid email address "
        + "(e.g., yourname@example.com)."
    package static let passwordTooLong =
        "Uh-oh! The password you entered is too long. Please make sure your password is less than 72 bytes long."
    package static let invalidPassword = "The password provided is incorrect. Please check for typos and try again."

    package static func error(_ text: String) -> String {
        "[ERROR: \(text)]"
    }
}
