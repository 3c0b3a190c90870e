import Accounts
import Core
import HTTP

/// Embeddings of Ollama's models in the form of the OpenAI API: a vector for each text.
enum OllamaEmbedding {
    static func respond(to form: Form, of id: String, _ context: Context) throws -> Response {
        let nodes = try OllamaNodes(context)
        let asked = try nodes.asked(id)
        let input = form["input"] ?? .null
        guard let texts = input.array ?? input.string.map({ [.string($0)] }), !texts.isEmpty else {
            throw APIError.badRequest("The input must be a text or a list of texts")
        }
        var body: JSONObject = ["model": .string(asked.name), "input": .array(texts)]
        for key in ["options", "truncate", "keep_alive", "dimensions"] where form.present(key) { body[key] = form[key] }
        let answer = try nodes.json(.post, "/api/embed", body, on: asked.connection)
        guard let vectors = answer["embeddings"]?.array, vectors.count == texts.count else {
            throw APIError(500, "Ollama gave no embeddings")
        }
        let tokens = JSONValue(answer["prompt_eval_count"]?.int ?? 0)
        return .json([
            "object": "list", "model": .string(id),
            "data": .array(
                vectors.enumerated().map { index, vector in
                    ["object": "embedding", "embedding": vector, "index": JSONValue(index)]
                }
            ),
            "usage": ["prompt_tokens": tokens, "total_tokens": tokens],
        ])
    }
}
