package dev.sardonyx.graph;

import dev.sardonyx.tensor.SparseTensor;
import dev.sardonyx.tensor.Tensor;
import java.util.List;

/** The value of a node's attribute (ONNX {@code AttributeProto}). Strings are UTF-8 text. */
public sealed interface Attribute {
  record IntValue(long value) implements Attribute {
    // Written out, because what the VM makes of a record takes long when it is first called.
    @Override
    public boolean equals(Object o) {
      return o instanceof IntValue i && value == i.value;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(value);
    }
  }

  record FloatValue(float value) implements Attribute {}

  record StringValue(String value) implements Attribute {}

  record TensorValue(Tensor value) implements Attribute {}

  record SparseTensorValue(SparseTensor value) implements Attribute {}

  record GraphValue(Graph value) implements Attribute {}

  record TypeValue(ValueType value) implements Attribute {}

  record IntsValue(List<Long> values) implements Attribute {
    public IntsValue {
      values = List.copyOf(values);
    }
  }

  record FloatsValue(List<Float> values) implements Attribute {
    public FloatsValue {
      values = List.copyOf(values);
    }
  }

  record StringsValue(List<String> values) implements Attribute {
    public StringsValue {
      values = List.copyOf(values);
    }
  }

  record TensorsValue(List<Tensor> values) implements Attribute {
    public TensorsValue {
      values = List.copyOf(values);
    }
  }

  record SparseTensorsValue(List<SparseTensor> values) implements Attribute {
    public SparseTensorsValue {
      values = List.copyOf(values);
    }
  }

  record GraphsValue(List<Graph> values) implements Attribute {
    public GraphsValue {
      values = List.copyOf(values);
    }
  }

  record TypesValue(List<ValueType> values) implements Attribute {
    public TypesValue {
      values = List.copyOf(values);
    }
  }

  static Attribute of(long value) {
    return new IntValue(value);
  }

  static Attribute of(float value) {
    return new FloatValue(value);
  }

  static Attribute of(String value) {
    return new StringValue(value);
  }

  static Attribute of(Tensor value) {
    return new TensorValue(value);
  }

  static Attribute of(Graph value) {
    return new GraphValue(value);
  }

  static Attribute of(long... values) {
    Long[] boxed = new Long[values.length];
    for (int i = 0; i < boxed.length; i++) {
      boxed[i] = values[i];
    }
    return new IntsValue(List.of(boxed));
  }
}
