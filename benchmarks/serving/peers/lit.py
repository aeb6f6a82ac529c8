"""LitServe with batching on."""

import sys
from typing import Any

import litserve
import model


class Api(litserve.LitAPI):  # type: ignore[misc]  # it is installed elsewhere
    """Decode, batch, answer."""

    def setup(self, device: str) -> None:  # noqa: ARG002 (LitServe's form)
        """Load the model."""
        self.pipeline = model.load()

    def decode_request(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the record."""
        return request

    def predict(self, records: Any) -> Any:
        """Answer a batch, or one record."""
        if isinstance(records, dict):
            return model.answers(self.pipeline, [records])[0]
        return model.answers(self.pipeline, list(records))

    def batch(self, inputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the records as they are."""
        return inputs

    def unbatch(self, output: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the answers as they are."""
        return output

    def encode_response(self, output: dict[str, Any]) -> dict[str, Any]:
        """Return the answer."""
        return output


if __name__ == "__main__":
    api = Api(max_batch_size=64, batch_timeout=0.005)
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=1)
    server.run(
        port=int(sys.argv[1]), host="127.0.0.1", num_api_servers=1, generate_client_file=False
    )
