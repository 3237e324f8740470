package org.wavebridge.reference;

import org.wavebridge.graphs.model.WeightMatrix;

/** An arithmetic that hands everything on to another, to differ from it in one place. */
public class ForwardingArithmetic implements Arithmetic {
  /** What everything is handed on to. */
  protected final Arithmetic right;

  /** Hands on to an arithmetic. */
  public ForwardingArithmetic(Arithmetic right) {
    this.right = right;
  }

  @Override
  public double round(double x) {
    return right.round(x);
  }

  @Override
  public double add(double a, double b) {
    return right.add(a, b);
  }

  @Override
  public double subtract(double a, double b) {
    return right.subtract(a, b);
  }

  @Override
  public double fma(double a, double b, double c) {
    return right.fma(a, b, c);
  }

  @Override
  public double exp(double x) {
    return right.exp(x);
  }

  @Override
  public double log(double x) {
    return right.log(x);
  }

  @Override
  public double sigmoid(double x) {
    return right.sigmoid(x);
  }

  @Override
  public double tanh(double x) {
    return right.tanh(x);
  }

  @Override
  public boolean canonical() {
    return right.canonical();
  }

  @Override
  public double[] affine(WeightMatrix weight, double[] x, double[] bias) {
    return right.affine(weight, x, bias);
  }

  @Override
  public double value(int k, int classes) {
    return right.value(k, classes);
  }

  @Override
  public int drawClass(double[] logits, double temperature, double uniform) {
    return right.drawClass(logits, temperature, uniform);
  }

  @Override
  public int drawClass(double[] logits, double temperature, double uniform, int floor) {
    return right.drawClass(logits, temperature, uniform, floor);
  }

  @Override
  public double multiply(double a, double b) {
    return right.multiply(a, b);
  }

  @Override
  public double divide(double a, double b) {
    return right.divide(a, b);
  }
}
