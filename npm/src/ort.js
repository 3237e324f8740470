// The engine of others: ONNX Runtime, in which the function bodies of our operators run.

/**
 * An engine of ONNX Runtime's JavaScript interface.
 *
 * @param ort the module `onnxruntime-web` or `onnxruntime-node`
 * @param [options] of its sessions
 */
export function ortEngine(ort, options = {}) {
  return {
    async graph(bytes) {
      const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3, ...options });
      return {
        inputNames: session.inputNames,
        async run(inputs) {
          const feeds = {};
          for (const name of session.inputNames) {
            const { type, data, dims } = inputs[name];
            feeds[name] = new ort.Tensor(type, data, dims);
          }
          return session.run(feeds);
        },
      };
    },
  };
}
