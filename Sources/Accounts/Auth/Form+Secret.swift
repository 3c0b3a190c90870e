import Core
package import HTTP

extension Form {
    /// A form that holds a secret: a complaint about its shape does not repeat it.
    package init(secret request: Request) throws {
        guard case .object(let object) = try request.json() else {
            throw APIError.invalid(
                "model_attributes_type",
                at: ["body"],
                "Input should be a valid dictionary or object to extract fields from"
            )
        }
        self.init(object: object)
    }
}
