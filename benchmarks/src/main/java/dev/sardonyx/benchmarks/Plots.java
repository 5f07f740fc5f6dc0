package dev.sardonyx.benchmarks;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.Rectangle;
import java.awt.geom.Ellipse2D;
import java.io.IOException;
import java.io.StringWriter;
import java.text.DecimalFormat;
import java.util.List;
import java.util.function.BiConsumer;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.DatasetRenderingOrder;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.LevelRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import org.w3c.dom.Document;

/** The results as pictures. */
final class Plots {
  private static final Color[] COLORS = {
    new Color(0x1F77B4),
    new Color(0xFF7F0E),
    new Color(0x2CA02C),
    new Color(0x9467BD),
    new Color(0xE377C2),
    new Color(0x17BECF),
    new Color(0x8C564B)
  };

  private Plots() {}

  /** How many times as fast as ONNX Runtime each model is, with a mark where it is to be. */
  static String ratios(List<Results.Model> models) throws IOException {
    DefaultCategoryDataset ratios = new DefaultCategoryDataset();
    DefaultCategoryDataset aims = new DefaultCategoryDataset();
    for (Results.Model m : models) {
      if (m.failure() == null) {
        ratios.addValue(
            m.ratio(), m.threads() == 1 ? "1 thread" : m.threads() + " threads", m.title());
        aims.addValue(m.required() == 0 ? null : m.required(), "aim", m.title());
      }
    }
    JFreeChart chart =
        ChartFactory.createBarChart(
            null, null, null, ratios, PlotOrientation.HORIZONTAL, true, false, false);
    CategoryPlot plot = chart.getCategoryPlot();
    plot.setRangeAxis(axis("times as fast as ONNX Runtime", 2));
    BarRenderer bars = (BarRenderer) plot.getRenderer();
    bars.setBarPainter(new StandardBarPainter());
    bars.setShadowVisible(false);
    bars.setItemMargin(0.05);
    bars.setBase(1);
    color(bars::setSeriesPaint, ratios.getRowCount());
    LevelRenderer levels = new LevelRenderer();
    levels.setSeriesPaint(0, Color.BLACK);
    levels.setSeriesStroke(0, new BasicStroke(1.5f));
    plot.setDataset(1, aims);
    plot.setRenderer(1, levels);
    plot.setDatasetRenderingOrder(DatasetRenderingOrder.FORWARD);
    plot.addRangeMarker(new ValueMarker(1, Color.DARK_GRAY, new BasicStroke(1)));
    plot.setBackgroundPaint(Color.WHITE);
    plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
    plot.getDomainAxis().setCategoryMargin(0.3);
    plot.getDomainAxis().setTickLabelFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
    return svg(chart, 900, 90 + 24 * ratios.getColumnCount());
  }

  /** The layers of a model, under what the core can compute and what memory can deliver. */
  static String roofline(Results.Roofline roofline, Results.Ceiling ceiling) throws IOException {
    XYSeriesCollection data = new XYSeriesCollection();
    data.addSeries(roof("memory", ceiling.memoryGbps(), ceiling.fmaGflops()));
    data.addSeries(roof("last-level cache", ceiling.cacheGbps(), ceiling.fmaGflops()));
    for (RooflinePoint p : roofline.points()) {
      int i = data.getSeriesIndex(p.operator());
      if (i < 0) {
        data.addSeries(new XYSeries(p.operator()));
        i = data.getSeriesCount() - 1;
      }
      data.getSeries(i).add(p.intensity(), p.gflops());
    }
    JFreeChart chart = ChartFactory.createXYLineChart(null, null, null, data);
    XYPlot plot = chart.getXYPlot();
    plot.setDomainAxis(axis("FLOP per byte of inputs, weights and outputs", 10));
    plot.setRangeAxis(axis("GFLOP/s", 2));
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
    for (int i = 0; i < data.getSeriesCount(); i++) {
      boolean roof = i < 2;
      renderer.setSeriesLinesVisible(i, roof);
      renderer.setSeriesShapesVisible(i, !roof);
      renderer.setSeriesShape(i, new Ellipse2D.Double(-3, -3, 6, 6));
      renderer.setSeriesStroke(i, new BasicStroke(1.5f));
      renderer.setSeriesPaint(
          i, roof ? (i == 0 ? Color.BLACK : Color.GRAY) : COLORS[(i - 2) % COLORS.length]);
    }
    plot.setRenderer(renderer);
    plot.setBackgroundPaint(Color.WHITE);
    plot.setDomainGridlinePaint(Color.LIGHT_GRAY);
    plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
    return svg(chart, 800, 500);
  }

  private static LogAxis axis(String label, int base) {
    LogAxis axis = new LogAxis(label);
    axis.setBase(base);
    axis.setTickUnit(new NumberTickUnit(1));
    axis.setNumberFormatOverride(new DecimalFormat("0.###"));
    return axis;
  }

  private static XYSeries roof(String name, double gbps, double gflops) {
    XYSeries series = new XYSeries(name);
    series.add(0.2, 0.2 * gbps);
    series.add(gflops / gbps, gflops);
    series.add(400, gflops);
    return series;
  }

  private static void color(BiConsumer<Integer, Color> series, int n) {
    for (int i = 0; i < n; i++) {
      series.accept(i, COLORS[i % COLORS.length]);
    }
  }

  private static Document document() {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .getDOMImplementation()
          .createDocument("http://www.w3.org/2000/svg", "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String svg(JFreeChart chart, int width, int height) throws IOException {
    SVGGraphics2D graphics = new SVGGraphics2D(document());
    graphics.setSVGCanvasSize(new Dimension(width, height));
    chart.setBackgroundPaint(Color.WHITE);
    chart.draw(graphics, new Rectangle(width, height));
    StringWriter text = new StringWriter();
    graphics.stream(text, true);
    return text.toString();
  }
}
