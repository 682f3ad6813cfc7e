// The payment call of WeChat's own browser, for the page that waits for it. What WeChat answers
// here is not believed: the page that comes next asks the provider.
"use strict";

for (const button of document.querySelectorAll("button[data-bridge]")) {
  const unpaid = document.querySelector("[data-bridge-unpaid]");
  const pay = () => {
    unpaid.hidden = true;
    window.WeixinJSBridge.invoke(
      "getBrandWCPayRequest",
      JSON.parse(button.dataset.bridge),
      (answer) => {
        if (answer.err_msg === "get_brand_wcpay_request:ok") {
          location.assign(button.dataset.paid);
        } else {
          unpaid.hidden = false;
        }
      },
    );
  };
  button.addEventListener("click", () => {
    if (window.WeixinJSBridge) pay();
  });
  // The person has pressed already: WeChat asks them as soon as it can.
  if (window.WeixinJSBridge) pay();
  else document.addEventListener("WeixinJSBridgeReady", pay, { once: true });
}
